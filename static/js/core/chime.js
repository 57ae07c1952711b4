// A short sound for what comes while one looks elsewhere: two soft notes, made here, so that there is no file to fetch.

const notes = [659.26, 880]; // Hz: e'' and a''
const length = 0.16; // s of each
const loudness = 0.12;
const gap = 1500; // ms: many that come at once are one sound
let last = -Infinity;
/** @type {AudioContext | null} */
let context = null;

/** Nothing sounds until something has been pressed in the page: browsers forbid it, and complain of who tries. */
export function chime() {
  const now = performance.now();
  if (!globalThis.AudioContext || now - last < gap || navigator.userActivation?.hasBeenActive === false) return;
  last = now;
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => null);
  for (const [at, note] of notes.entries()) {
    const begin = context.currentTime + at * length;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = note;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(loudness, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 2 * length);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 2 * length);
  }
}
