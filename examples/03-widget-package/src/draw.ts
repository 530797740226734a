/** Draws a wave, and bars for the strength of its harmonics. */

export function draw(
  canvas: HTMLCanvasElement,
  samples: Float32Array,
  spectrum: Float32Array,
): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  const pen = canvas.getContext("2d");
  if (!pen || samples.length === 0) return;
  pen.scale(devicePixelRatio, devicePixelRatio);
  const style = getComputedStyle(canvas);
  const accent = style.getPropertyValue("--bs-primary") || "royalblue";

  const step = width / Math.max(spectrum.length, 1);
  pen.globalAlpha = 0.22;
  pen.fillStyle = accent;
  spectrum.forEach((strength, n) => {
    const tall = Math.min(strength / 1.3, 1) * (height - 20);
    pen.fillRect(n * step + 2, height - 20 - tall, step - 4, tall);
  });
  pen.globalAlpha = 0.6;
  pen.fillStyle = style.color;
  pen.font = `12px ${style.fontFamily}`;
  pen.textAlign = "center";
  spectrum.forEach((_, n) => {
    pen.fillText(String(n + 1), (n + 0.5) * step, height - 4);
  });
  pen.globalAlpha = 0.3;
  pen.fillRect(0, height / 2, width, 1);

  pen.globalAlpha = 1;
  pen.strokeStyle = accent;
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.beginPath();
  samples.forEach((sample, n) => {
    pen.lineTo(((n + 0.5) / samples.length) * width, ((1.1 - sample) / 2.2) * height);
  });
  pen.stroke();
}
