// The words about what people speak, look at and have shared, in English.

export default {
  "album.at": "Picture {at} of {all}",
  "file.smaller": "Smaller (faster)", "file.smaller.hint": "Pictures go with at most 2048 pixels a side.",
  "gallery.asking": "Looking for it", "gallery.files": "Files", "gallery.links": "Links", "gallery.media": "Media", "gallery.more": "Show older ones",
  "gallery.none": "Nothing here yet.", "gallery.sound": "Sound", "gallery.title": "Media, files and links",
  "keys.pictures": "Next picture", "keys.zoom": "Picture larger, smaller",
  "picture.after": "Next picture", "picture.before": "Previous picture", "picture.from": "{name}, {time}",
  "voice.busy": "Another program is using the microphone. Close it there and try again.",
  "voice.failed": "The microphone can’t be used. Check it in the computer’s settings.",
  "voice.insecure": "This browser gives this page no microphone. Open Hamraz at its own address on this computer.",
  "voice.is_done": "Recorded. Listen, send it or throw it away.", "voice.is_on": "Recording. Escape throws it away.",
  "voice.listen": "Listen before sending", "voice.listened": "Listened to", "voice.unheard": "Not listened to yet", "voice.none": "No microphone was found. Connect one and try again.",
  "voice.pause": "Pause", "voice.place": "Place in the voice message", "voice.play": "Voice message from {name}: play", "voice.play_own": "Your voice message: play",
  "voice.record": "Record a voice message: hold, or tap", "voice.refused": "The browser wasn’t allowed to use the microphone. Allow it beside the address, then try again.",
  "voice.send": "Send the voice message", "voice.short": "That was too short. Hold the microphone while you speak, or tap it once.",
  "voice.slide": "Slide aside to cancel, up to keep recording", "voice.stop": "Stop recording", "voice.throw": "Throw the recording away",
  "voice.title": "Voice message",
};
