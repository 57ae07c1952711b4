// One picture of a film that is to be sent, so that whoever gets it sees what it is. Knows no state and no view.

import { smallFrom } from "./pixels.js";

const patience = 6000; // ms: what the browser can't read by then goes without
const far = 1; // s from the beginning, where titles have often faded in
const text = (/** @type {Uint8Array} */ bytes, /** @type {number} */ from, /** @type {number} */ to) => String.fromCharCode(...bytes.slice(from, to));

/** What film these first bytes begin, or null: nothing else reaches a decoder. @param {Uint8Array} bytes */
function filmType(bytes) {
  if (text(bytes, 4, 8) === "ftyp") return "video/mp4";
  if (text(bytes, 0, 4) === "\x1aE\xdf\xa3") return "video/webm";
  return text(bytes, 0, 4) === "OggS" ? "video/ogg" : null;
}

/** @param {EventTarget} target @param {string} name */
const once = (target, name) =>
  new Promise((resolve, reject) => {
    target.addEventListener(name, resolve, { once: true });
    target.addEventListener("error", () => reject(new Error("no film")), { once: true });
    setTimeout(() => reject(new Error("slow")), patience);
  });

/** As `smallOf` of a picture; without measures, by which whoever doesn't know of stills takes it for a file. Null for what is no
 * film. @param {Blob} file */
export async function stillOf(file) {
  const type = filmType(new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  if (!type) return null;
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  video.src = URL.createObjectURL(new Blob([file], { type }));
  try {
    await once(video, "loadeddata");
    const place = Number.isFinite(video.duration) ? Math.min(far, video.duration / 3) : 0;
    if (place) {
      video.currentTime = place;
      await once(video, "seeked");
    }
    const small = video.videoWidth ? await smallFrom(await createImageBitmap(video)) : null;
    return small && { ...small, width: 0, height: 0 };
  } catch {
    return null; // a film that this browser can't read is sent like any file
  } finally {
    URL.revokeObjectURL(video.src);
    video.removeAttribute("src");
    video.load();
  }
}
