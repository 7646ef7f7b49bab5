// Films of frames that are painted one by one: a GIF, made by a worker, or a video, made by the browser's own encoders.
// What writes their files is large, and loaded when a film is asked for.
import { penFor } from "./canvas.mjs";
import { withComment } from "./gif.mjs";
import { NAME } from "./origin.mjs";

const AHEAD = 3; // frames on their way to the worker
const RATE = 0.12; // bits a pixel a frame
const PATIENCE = 4000; // ms for the one frame by which an encoder is tried
const KEYS = 2; // seconds from one frame that stands by itself to the next

/** Codecs that are tried for each form, as mediabunny and as browsers name them. */
const CODECS = /** @type {Record<string, [string, string][]>} */ ({
  webm: [
    ["vp9", "vp09.00.40.08"],
    ["vp8", "vp8"],
  ],
  mp4: [["avc", "avc1.640028"]],
});
export const TYPES = /** @type {Record<string, string>} */ ({ gif: "image/gif", webm: "video/webm", mp4: "video/mp4" });

/**
 * @typedef {object} Film
 * @property {(canvas: HTMLCanvasElement, k: number) => Promise<void>} add resolves when the next may come
 * @property {() => Promise<Uint8Array>} end
 * @property {() => void} leave
 */

/**
 * What each frame is of: `at`, in steps. The first frame is of the first step, the last one of the last. Pure.
 * @param {{ from: number, to: number, seconds: number, rate: number }} plan
 */
export function timesOf({ from, to, seconds, rate }) {
  const last = Math.max(Math.round(seconds * rate) - 1, 1);
  return Array.from({ length: last + 1 }, (_, k) => from + ((to - from) * k) / last);
}

/**
 * How long a frame of a GIF stays, which counts hundredths of a second: so that the sum is right. Pure.
 * @param {number} k
 * @param {number} rate
 */
export const delayOf = (k, rate) => Math.round((100 * (k + 1)) / rate) - Math.round((100 * k) / rate);

/**
 * The codec by which this browser makes a form of video; null where it makes none.
 * @param {string} form
 */
async function codecFor(form) {
  if (!("VideoEncoder" in globalThis)) return null;
  // WebKitGTK falls where it is asked what it encodes before its GStreamer has begun, which it does to say what it plays.
  document.createElement("video").canPlayType(TYPES[form]);
  for (const [name, codec] of CODECS[form])
    if (await encodes({ codec, width: 1280, height: 720, framerate: 30 })) return name;
  return null;
}

/**
 * Whether an encoder makes something of one frame: some say that they would, and fail, or never answer.
 * @param {VideoEncoderConfig} asked
 */
async function encodes(asked) {
  const { supported } = await VideoEncoder.isConfigSupported(asked).catch(() => ({ supported: false }));
  if (!supported) return false;
  let made = false;
  const encoder = new VideoEncoder({ output: () => (made = true), error: () => {} });
  try {
    encoder.configure(asked);
    const pixels = new Uint8Array(4 * asked.width * asked.height);
    const frame = new VideoFrame(pixels, {
      format: "RGBX",
      codedWidth: asked.width,
      codedHeight: asked.height,
      timestamp: 0,
    });
    try {
      encoder.encode(frame, { keyFrame: true });
    } finally {
      frame.close();
    }
    await Promise.race([encoder.flush(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  } catch {
    return false;
  } finally {
    if (encoder.state !== "closed") encoder.close();
  }
  return made;
}

/**
 * Whether this browser makes a form of film.
 * @param {string} form
 */
export const isMade = async (form) => form === "gif" || Boolean(await codecFor(form));

/**
 * @param {string} form
 * @param {{ canvas: HTMLCanvasElement, rate: number, loop: boolean, said: import("./origin.mjs").Said, sample: () => Uint8ClampedArray }} made
 * @returns {Promise<Film>}
 */
export const filmOf = (form, made) => (form === "gif" ? gifOf(made) : videoOf(form, made));

/**
 * @param {{ rate: number, loop: boolean, said: import("./origin.mjs").Said, sample: () => Uint8ClampedArray }} made
 * @returns {Promise<Film>}
 */
async function gifOf({ rate, loop, said, sample }) {
  const worker = new Worker(new URL("./gifmaker.mjs", import.meta.url), { type: "module" });
  /** @type {((answer: any) => void)[]} */
  const waiting = [];
  /** @type {Error | null} */
  let fault = null;
  worker.onmessage = ({ data }) => waiting.shift()?.(data);
  worker.onerror = () => {
    fault = new Error("the worker failed");
    for (const answer of waiting.splice(0)) answer({});
  };
  /** @type {(message: any, transferred?: Transferable[]) => Promise<any>} */
  const ask = (message, transferred = []) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      worker.postMessage(message, transferred);
    });
  worker.postMessage({ sample: sample() });
  /** @type {Promise<any>[]} */
  const under = [];
  return {
    async add(canvas, k) {
      const { width, height } = canvas;
      const { buffer } = penFor(canvas).getImageData(0, 0, width, height).data;
      under.push(ask({ pixels: buffer, size: [width, height], delay: 10 * delayOf(k, rate), loop }, [buffer]));
      if (under.length >= AHEAD) await under.shift();
      if (fault) throw fault;
    },
    async end() {
      const { bytes } = await ask({ end: true });
      worker.terminate();
      if (fault) throw fault;
      return withComment(bytes, `${NAME}: ${said.link}\n${said.caption}\n${said.licence}`);
    },
    leave: () => worker.terminate(),
  };
}

/**
 * @param {string} form
 * @param {{ canvas: HTMLCanvasElement, rate: number, said: import("./origin.mjs").Said }} made
 * @returns {Promise<Film>}
 */
async function videoOf(form, { canvas, rate, said }) {
  const library = /** @type {any} */ (await import(new URL("../vendor/mediabunny.min.mjs", import.meta.url).href));
  const { BufferTarget, CanvasSource, Mp4OutputFormat, Output, WebMOutputFormat } = library;
  const format = form === "mp4" ? new Mp4OutputFormat({ fastStart: "in-memory" }) : new WebMOutputFormat();
  const output = new Output({ format, target: new BufferTarget() });
  const bitrate = Math.round(RATE * rate * canvas.width * canvas.height);
  const source = new CanvasSource(canvas, { codec: await codecFor(form), bitrate, keyFrameInterval: KEYS });
  output.addVideoTrack(source, { frameRate: rate });
  output.setMetadataTags({ title: said.caption, comment: `${NAME}: ${said.link} ${said.licence}` });
  await output.start();
  return {
    add: (_, k) => source.add(k / rate, 1 / rate),
    async end() {
      await output.finalize();
      return new Uint8Array(output.target.buffer);
    },
    leave: () => output.cancel(),
  };
}
