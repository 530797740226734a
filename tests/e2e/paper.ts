/** A page printed by Chromium: the words on the paper with their positions, and the colours of its points. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { findPoppler } from "../../scripts/poppler.mjs";

/** Points in an inch, and dots. */
const POINTS = 72;
const DOTS = 150;

export interface Word {
  text: string;
  /** Counted from 0. */
  sheet: number;
  /** In dots from the upper left corner: left, top, right, bottom. */
  box: [number, number, number, number];
}

export interface Sheet {
  width: number;
  height: number;
  /** Red, green and blue of each dot, row by row. */
  dots: Uint8Array;
}

export interface Paper {
  words: Word[];
  sheets: Sheet[];
}

/** @param background whether grounds are printed, as the user may ask for */
export async function printed(page: Page, { background }: { background: boolean }): Promise<Paper> {
  const { pdftoppm, pdftotext } = findPoppler((line) => console.log(line));
  const folder = mkdtempSync(join(tmpdir(), "shiny-comm-paper-"));
  try {
    const pdf = join(folder, "page.pdf");
    await page.pdf({ path: pdf, format: "A4", printBackground: background });
    const boxes = execFileSync(pdftotext, ["-bbox", pdf, "-"], { encoding: "utf8" });
    const sheets = boxes.split("<page ").slice(1);
    execFileSync(pdftoppm, ["-r", String(DOTS), pdf, join(folder, "sheet")]);
    const digits = String(sheets.length).length;
    return {
      words: sheets.flatMap(wordsOf),
      sheets: sheets.map((_, index) =>
        sheetOf(readFileSync(join(folder, `sheet-${String(index + 1).padStart(digits, "0")}.ppm`))),
      ),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wordsOf(xml: string, sheet: number): Word[] {
  const pattern = /<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<\/word>/g;
  return Array.from(xml.matchAll(pattern), ([, left, top, right, bottom, text = ""]) => {
    const dot = (value: string | undefined): number => (Number(value) / POINTS) * DOTS;
    return { text, sheet, box: [dot(left), dot(top), dot(right), dot(bottom)] };
  });
}

/** Reads a PPM file: `P6`, width, height, `255`, each followed by white space, and the dots. */
function sheetOf(file: Buffer): Sheet {
  const [header = "", width, height] =
    /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(file.subarray(0, 100).toString("latin1")) ?? [];
  return { width: Number(width), height: Number(height), dots: file.subarray(header.length) };
}

/** How many dots have a colour, give or take a little of each part. */
export function dotsOf({ dots }: Sheet, colour: readonly [number, number, number]): number {
  let count = 0;
  for (let at = 0; at < dots.length; at += 3) {
    if (colour.every((part, index) => Math.abs((dots[at + index] ?? 0) - part) < 12)) count += 1;
  }
  return count;
}

/** The contrast of a word with its ground, as WCAG counts it: from 1 to 21. */
export function contrastOf({ sheets }: Paper, { sheet, box }: Word): number {
  const { width, dots } = sheets[sheet] as Sheet;
  const [left, top, right, bottom] = box.map(Math.round) as Word["box"];
  let [darkest, lightest] = [1, 0];
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const light = luminance(dots.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
      darkest = Math.min(darkest, light);
      lightest = Math.max(lightest, light);
    }
  }
  return (lightest + 0.05) / (darkest + 0.05);
}

function luminance(colour: Uint8Array): number {
  const [red = 0, green = 0, blue = 0] = Array.from(colour, (part) =>
    part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
