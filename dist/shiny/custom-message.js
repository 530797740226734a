// src/shiny/custom-message.ts
var CUSTOM = /^\{"custom":\s?\{"shinywidgets_comm_/;
function isForComms(text) {
  return typeof text === "string" && CUSTOM.test(text);
}
function customMessage(text) {
  return (text.length < LONG ? void 0 : withBuffersApart(text)) ?? onlyMessage(text);
}
function onlyMessage(text) {
  try {
    const { custom, ...others } = JSON.parse(text);
    const [message, second] = Object.entries(custom);
    return second || Object.keys(others).length > 0 ? void 0 : message;
  } catch {
    return void 0;
  }
}
var LONG = 8192;
var QUOTE = '\\"';
var BUFFERS = `${QUOTE}buffers${QUOTE}`;
var MARK = "(buffers)";
var MARKED = `${QUOTE}${MARK}${QUOTE}`;
function withBuffersApart(text) {
  const key = text.indexOf(BUFFERS);
  if (key < 0) return void 0;
  const start = text.indexOf("[", key) + 1;
  const buffers = [];
  let end = start;
  for (let next = start; next >= 0; ) {
    const from = next + QUOTE.length;
    const to = text.indexOf("\\", from);
    if (!text.startsWith(QUOTE, next) || text.indexOf('"', from) !== to + 1) return void 0;
    buffers.push(text.slice(from, to));
    end = to + QUOTE.length;
    next = text[end] !== "," ? -1 : end + (text[end + 1] === " " ? 2 : 1);
  }
  const rest = text.slice(0, start) + MARKED + text.slice(end);
  if (rest.indexOf(MARKED) < start || rest.includes(MARKED, start + 1)) return void 0;
  const [type, payload] = onlyMessage(rest) ?? [];
  if (type === void 0 || typeof payload !== "string") return void 0;
  try {
    const parsed = JSON.parse(payload);
    if (JSON.stringify(parsed.buffers) !== `["${MARK}"]`) return void 0;
    parsed.buffers = buffers;
    return [type, { parsed, size: text.length }];
  } catch {
    return void 0;
  }
}
export {
  customMessage,
  isForComms
};
