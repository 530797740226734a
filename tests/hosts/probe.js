/** The module of the widget that exchanges numbers and bytes with the app, in Python or R, and shows what arrives. */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (data) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));

const early = [];
const numbers = [];
const shown = { early: "", numbers: "0", digest: "" };
let show = () => {};

function initialize({ model }) {
  model.on("msg:custom", async ({ kind, n }, [bytes]) => {
    if (kind === "early") shown.early = early.push(n) && early.join(" ");
    if (kind === "number") {
      numbers.push(n);
      shown.numbers = `${numbers.length}${numbers.every((it, at) => it === at) ? "" : " wrong"}`;
    }
    if (kind === "bytes") shown.digest = await sha256(bytes);
    show();
  });
}

function render({ model, el }) {
  el.classList.add("probe");
  el.innerHTML = ["early", "numbers", "digest", "received", "uploaded"]
    .map((name) => `<p>${name}: <code class="${name}"></code></p>`)
    .join("");
  const part = (name) => el.querySelector(`.${name}`);
  show = () => {
    for (const [name, text] of Object.entries(shown)) part(name).textContent = text;
    for (const name of ["received", "uploaded"]) part(name).textContent = model.get(name);
  };
  model.on("change:received change:uploaded", () => show());
  show();
  el.sendNumbers = (count, batch, pause) => {
    let n = 0;
    const timer = setInterval(() => {
      for (let sent = 0; sent < batch && n < count; sent += 1, n += 1) model.send({ n });
      if (n === count) clearInterval(timer);
    }, pause);
  };
  el.sendBytes = async (size) => {
    const bytes = new Uint8Array(size).map((_, at) => (at * 31 + (at >> 8)) & 255);
    model.send({ size }, undefined, [bytes.buffer]);
    return sha256(bytes);
  };
}

export default () => {
  early.length = numbers.length = 0;
  return { initialize, render };
};
