/** The sanitizer of descriptions, which is loaded when a description may contain HTML. */
export class DescriptionSanitizer {
  #sanitize: ((source: string) => string) | undefined;

  /** Loads the sanitizer. */
  async load(): Promise<void> {
    this.#sanitize ??= (await import("../views/sanitize.js")).sanitizeInline;
  }

  /** Returns sanitized HTML, or, until the sanitizer has loaded, escaped text. TeX is not changed. */
  sanitize(source: string): string {
    return this.#sanitize ? this.#sanitize(source) : escaped(source);
  }
}

function escaped(text: string): string {
  const element = document.createElement("div");
  element.textContent = text;
  return element.innerHTML;
}
