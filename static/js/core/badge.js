// How many messages are unread, on the page's icon and in its title.

import { number, t } from "../i18n/i18n.js";

const side = 64; // px
const most = 99;
const plainIcon = new URL("../icon.svg", import.meta.url).pathname;
let told = 0;
let wanted = 0;

function draw(/** @type {HTMLImageElement} */ picture, /** @type {number} */ n) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.drawImage(picture, 0, 0, side, side);
  const text = n > most ? `${number(most)}+` : number(n);
  pen.font = `600 ${text.length > 2 ? 26 : 32}px system-ui, sans-serif`;
  const width = Math.max(40, pen.measureText(text).width + 18);
  pen.fillStyle = "#1c2629"; // ink: seen on a light and on a dark tab
  pen.beginPath();
  pen.roundRect(side - width, side - 40, width, 40, 20);
  pen.fill();
  pen.fillStyle = "#ffffff";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, side - width / 2, side - 19);
  return canvas.toDataURL("image/png");
}

const put = (/** @type {string} */ address) => document.querySelector("link[rel=icon]")?.setAttribute("href", address);

export function showUnread(/** @type {number} */ n) {
  document.title = n ? t("app.unread", { n }) : t("app.name");
  if (n === told) return;
  told = wanted = n;
  if (!n) return put(plainIcon);
  const picture = new Image();
  picture.addEventListener("load", () => wanted === n && put(draw(picture, n)));
  picture.src = plainIcon;
}
