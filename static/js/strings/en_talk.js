// What the page says about messages and what one does with them, in English.

export default {
  "link.go": "Open it", "link.leads": "It leads to",
  "link.text": "This address is written in letters that are easily mistaken for others. Open it only if you know the name below.",
  "link.title": "Where does this lead?", "link.written": "As it is written",
};
