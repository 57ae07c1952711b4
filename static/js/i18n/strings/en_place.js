// The page’s words in English: where somebody is.

export default {
  "place.item": "Send my place",
  "place.text": "Your browser finds out where this computer is. It asks you first, and may ask its maker’s service for it. Only who is in this chat sees the place, and only once you send it.",
  "place.asking": "Looking", "place.find": "Find my place", "place.send": "Send",
  "place.refused": "The browser wasn’t allowed to tell the place. Allow it beside the address, then try again.",
  "place.none": "The browser doesn’t know where this computer is. You can write it yourself: geo:35.7,51.42", "place.north": "{n}°\u00a0N",
  "place.south": "{n}°\u00a0S", "place.east": "{n}°\u00a0E", "place.west": "{n}°\u00a0W", "place.where": "{north}, {east}", "place.within": "within {n} m",
  "place.within_km": "within {n} km", "place.map": "Open on a map",
};
