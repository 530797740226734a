/** The page's end of the comm: passes samples to the chart, and the controls to Python. */
import { Chart } from "./chart.js";
import { connect } from "./client/shiny-comm.module.js";

const controls = document.getElementById("controls");
const seen = document.getElementById("seen");
const control = (name) => controls.querySelector(`[name=${name}]`);

connect().register_target("example.chart", (comm, open) => {
  const chart = new Chart(document.getElementById("chart"), open.content.data);
  const ended = new AbortController();
  const on = (target, name, listener) =>
    target.addEventListener(name, listener, { signal: ended.signal });
  let bytes = 0;
  let running = true;

  comm.on_msg(({ buffers }) => {
    chart.append(buffers.map(({ buffer }) => new Float32Array(buffer)));
    for (const { byteLength } of buffers) bytes += byteLength;
  });

  const sliders = [control("frequency"), control("noise")];
  const send = () => {
    for (const slider of sliders) slider.nextElementSibling.value = slider.value;
    const [frequency, noise] = sliders.map(({ value }) => value);
    comm.send({ what: "set", frequency, noise, running });
  };
  for (const slider of sliders) on(slider, "input", send);
  on(control("pause"), "click", ({ currentTarget }) => {
    running = !running;
    currentTarget.textContent = running ? "Pause" : "Go on";
    send();
  });
  // The samples of the third channel are sent back as bytes.
  on(control("measure"), "click", () => {
    comm.send({ what: "measure" }, { buffers: [chart.seen(2)] });
  });

  // A new session gets the current values of the controls, which the user may have changed before.
  send();

  let frames = 0;
  const counting = setInterval(() => {
    seen.value = `${chart.received} samples, ${bytes} bytes, ${chart.frames - frames} frames a second`;
    frames = chart.frames;
  }, 1_000);

  // Called at the end of the session, too; a new session opens a new comm.
  comm.on_close(() => {
    ended.abort();
    clearInterval(counting);
    chart.stop();
  });
});
