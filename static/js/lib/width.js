// Whether the window is so narrow that one part of the page fills it, as css/widths.css has it.

export const isNarrow = () => matchMedia("(max-width: 45em)").matches;
