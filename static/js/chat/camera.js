// What the camera shows, and the button that takes the photo. The camera is on as long as this is open, and no longer.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { closeCamera, isMirror, openCamera, takePhoto } from "../actions/camera.js";
import { t } from "../i18n/i18n.js";
import { Dialog } from "../kit/dialog.js";
import { dots, icon } from "../kit/icons.js";

export function Camera(/** @type {Page.Props} */ { dialog: { chat } }) {
  const video = /** @type {{current: HTMLVideoElement}} */ (useRef(null));
  const shutter = /** @type {{current: HTMLButtonElement}} */ (useRef(null));
  const [found, set] = useState(/** @type {{stream?: MediaStream, why?: string} | null} */ (null));
  const [isOn, on] = useState(false);
  useEffect(() => {
    let isHere = true;
    const asked = openCamera();
    asked.then((one) => {
      if (isHere) set(one);
    });
    return () => {
      isHere = false;
      asked.then(({ stream }) => closeCamera(stream));
    };
  }, []);
  useEffect(() => {
    if (isOn) shutter.current.focus();
  }, [isOn]);
  useEffect(() => {
    if (found?.stream) video.current.srcObject = found.stream;
  }, [found]);
  return html`
    <${Dialog} kind="camera" title=${t("camera.title")}>
      <div class="dialog-body camera" tabindex="-1" data-first>${found?.why
          ? html`<p class="error" role="alert">${icon("warn")}<span>${t(found.why)}</span></p>`
          : found
            ? html`<video ref=${video} class=${found.stream && isMirror(found.stream) ? "is-mirror" : ""} autoplay muted playsinline
              aria-label=${t("camera.shows")} onPlaying=${() => on(true)}></video>`
            : html`<p class="quiet center" role="status">${t("camera.asking")}${dots()}</p>`}</div>
      <footer><span class="spacer"></span>
        <button ref=${shutter} type="button" class="button primary" data-shutter disabled=${!isOn} onClick=${() => takePhoto(chat, video.current)}>
          ${icon("camera")}<span>${t("camera.go")}</span></button></footer><//>`;
}
