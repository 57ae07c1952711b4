// What a file is likely to be by its name and type: whether there is anything in it to be heard or looked at is for the agent to
// say, by its bytes. Pure.

const sound = /\.(?:mp3|wav|m4a|m4b|aac|ogg|oga|opus|flac)$/i;
const film = /\.(?:mp4|m4v|mov|webm|mkv|ogv|3gp)$/i;
const mostMoving = 16e6; // bytes of a picture that moves by itself

/** @typedef {{name: string, media_type: string, size: number}} Named */

/** @param {Named} file @returns {"audio" | "video" | null} */
export function playableAs({ name, media_type: type, size }) {
  if (!size) return null;
  if (type.startsWith("audio/") || sound.test(name)) return "audio";
  return type.startsWith("video/") || film.test(name) ? "video" : null;
}

/** @param {Named} file */
export const mayMove = ({ name, media_type: type, size }) =>
  size <= mostMoving && (/^image\/(?:gif|webp|a?png)$/.test(type) || /\.(?:gif|webp|a?png)$/i.test(name));

// Minutes and seconds, as players write them.
export function clockOf(/** @type {number} */ seconds) {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
