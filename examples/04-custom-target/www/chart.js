/** A scrolling chart: the last seconds of channels, drawn in each animation frame. */

/** The delay between received and drawn samples, in s, because messages arrive in bursts. */
const DELAY_S = 0.1;
/** The part of a difference that the chart makes up in each frame. */
const CATCH_UP = 0.05;
const COLORS = ["#3b8fd0", "#e69f00", "#009e73", "#cc79a7"];

export class Chart {
  /** The number of received samples of each channel. */
  received = 0;
  /** The number of drawn frames. */
  frames = 0;
  #canvas;
  #rate;
  #length;
  #names;
  #rings;
  /** The last drawn sample, and the time of the drawing. */
  #drawn = 0;
  #before = performance.now();
  #next;

  /** @param {HTMLCanvasElement} canvas @param {{ rate: number, seconds: number, channels: string[] }} signal */
  constructor(canvas, { rate, seconds, channels }) {
    this.#canvas = canvas;
    this.#rate = rate;
    this.#length = rate * seconds;
    this.#names = channels;
    this.#rings = channels.map(() => new Float32Array(2 * this.#length));
    this.#next = requestAnimationFrame(this.#frame);
  }

  /** @param {Float32Array[]} samples one array a channel, all of one length */
  append(samples) {
    samples.forEach((values, channel) => {
      const ring = this.#rings[channel];
      values.forEach((value, n) => {
        ring[(this.received + n) % ring.length] = value;
      });
    });
    this.received += samples[0].length;
  }

  /** Returns the visible samples of a channel. */
  seen(channel) {
    const [end, ring] = [Math.floor(this.#drawn), this.#rings[channel]];
    const length = Math.min(end, this.#length);
    return Float32Array.from({ length }, (_, n) => ring[(end - length + n) % ring.length]);
  }

  stop() {
    cancelAnimationFrame(this.#next);
  }

  #frame = (now) => {
    const goal = this.received - DELAY_S * this.#rate;
    const passed = ((now - this.#before) / 1000) * this.#rate;
    this.#before = now;
    // Follows the clock, a little faster or slower while there is a difference.
    const moved = this.#drawn + passed + (goal - this.#drawn - passed) * CATCH_UP;
    this.#drawn = Math.max(
      this.#drawn,
      Math.min(moved, this.received),
      this.received - this.#length,
    );
    this.#draw();
    this.frames += 1;
    this.#next = requestAnimationFrame(this.#frame);
  };

  #draw() {
    const canvas = this.#canvas;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = width * devicePixelRatio;
    canvas.height = height * devicePixelRatio;
    const pen = canvas.getContext("2d");
    pen.scale(devicePixelRatio, devicePixelRatio);
    pen.lineJoin = "round";
    const style = getComputedStyle(canvas);
    pen.font = `13px ${style.fontFamily}`;
    const background = style.getPropertyValue("--bs-body-bg");
    const end = Math.floor(this.#drawn);
    // The fraction between two samples shifts the lines, so that they move smoothly.
    const shift = this.#drawn - end;
    const band = height / this.#rings.length;
    this.#rings.forEach((ring, channel) => {
      const middle = band * (channel + 0.5);
      pen.strokeStyle = pen.fillStyle = COLORS[channel % COLORS.length];
      pen.globalAlpha = 0.25;
      pen.fillRect(0, middle, width, 1);
      pen.globalAlpha = 1;
      pen.lineWidth = 1.6;
      pen.beginPath();
      for (let n = Math.max(0, end - this.#length); n < end; n++) {
        const x = width * (1 - (end - 1 - n + shift) / this.#length);
        pen.lineTo(x, middle - ring[n % ring.length] * band * 0.27);
      }
      pen.stroke();
      // Keeps the label readable above the line.
      pen.strokeStyle = background;
      pen.lineWidth = 5;
      pen.strokeText(this.#names[channel], 4, middle - band * 0.5 + 14);
      pen.fillText(this.#names[channel], 4, middle - band * 0.5 + 14);
    });
  }
}
