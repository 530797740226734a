/** The page's end of the comm: samples to the chart, and what is done with the controls to Python. */
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
  // The third channel's samples go back as bytes.
  on(control("measure"), "click", () => {
    comm.send({ what: "measure" }, { buffers: [chart.seen(2)] });
  });

  // What has been moved before, or in a session before this one, holds.
  send();

  let frames = 0;
  const counting = setInterval(() => {
    seen.value = `${chart.received} samples, ${bytes} bytes, ${chart.frames - frames} frames a second`;
    frames = chart.frames;
  }, 1_000);

  // Also when the session ends; a new one opens a comm of its own.
  comm.on_close(() => {
    ended.abort();
    clearInterval(counting);
    chart.stop();
  });
});
