// What a window's width makes of the page, as css/widths.css has it.

/** Whether one part of the page fills it. */
export const isNarrow = () => matchMedia("(max-width: 45em)").matches;

/** Whether what is beside the talk lies over it. */
export const isOverTalk = () => matchMedia("(max-width: 73.75em)").matches;
