// A photo from the computer's camera: asking for it, and one picture of what it shows, which is a file like any other.

import { closeDialog, openDialog } from "../core/store.js";
import { choose } from "./files.js";

export const askPhoto = (/** @type {string} */ chat) => openDialog({ kind: "camera", chat });

/** Why there is no camera, by what browsers say. @type {Record<string, string>} */
const whyNot = { NotFoundError: "camera.none", OverconstrainedError: "camera.none", NotAllowedError: "camera.refused", NotReadableError: "camera.busy" };

/** What it shows, or the words that say why it shows nothing. @returns {Promise<{stream?: MediaStream, why?: string}>} */
export async function openCamera() {
  if (!navigator.mediaDevices?.getUserMedia) return { why: "camera.insecure" };
  try {
    const video = { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } };
    return { stream: await navigator.mediaDevices.getUserMedia({ video }) };
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return { why: whyNot[error.name] ?? "camera.failed" };
  }
}

/** Whether it looks at whoever sits before it, who wants to see a mirror. @param {MediaStream} stream */
export const isMirror = (stream) => stream.getVideoTracks()[0]?.getSettings().facingMode !== "environment";

export const closeCamera = (/** @type {MediaStream | undefined} */ stream) => stream?.getTracks().forEach((track) => track.stop());

/** What is seen now goes to the files that are about to be sent. @param {string} chat @param {HTMLVideoElement} video */
export async function takePhoto(chat, video) {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  const now = new Date();
  const here = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString(); // by the clock on the wall
  const name = `photo-${here.slice(0, 10)}-${here.slice(11, 19).replaceAll(":", "")}.jpg`;
  closeDialog();
  choose(chat, [new File([blob], name, { type: "image/jpeg" })]);
}
