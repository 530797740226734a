/** Sanitizes the HTML of descriptions. */
import DOMPurify from "dompurify";

/** The allowed HTML, as in JupyterLab. */
const INLINE_HTML = {
  ALLOWED_TAGS: ["a", "abbr", "b", "code", "em", "i", "img", "li", "ol", "span", "strong", "ul"],
  ALLOWED_ATTR: ["class", "style", "title", "href", "src"],
};

export function sanitizeInline(source: string): string {
  return DOMPurify.sanitize(source, INLINE_HTML);
}
