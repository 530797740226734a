// src/util/text.ts
function shorten(text, maxLength, ending = `\u2026 (${text.length} characters)`) {
  return text.length > maxLength ? text.slice(0, maxLength) + ending : text;
}
export {
  shorten
};
