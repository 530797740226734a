/** Formats numbers, times and texts for the panel. */
import { shorten } from "../util/text.js";

/** `12`, `3.4k` or `5.6M` characters or bytes. */
export function size(count: number): string {
  if (count < 1_000) return `${count}`;
  return count < 1_000_000
    ? `${(count / 1_000).toFixed(1)}k`
    : `${(count / 1_000_000).toFixed(1)}M`;
}

/** `0.4 ms`, `12 ms` or `3.4 s`. */
export function duration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/** The time of day, in the browser's language. */
export function clock(time: number): string {
  return new Date(time).toLocaleTimeString();
}

/** Shortens a text for a cell of a table. */
export function ellipsize(text: string, maxLength: number): string {
  return shorten(text, maxLength, "…");
}
