// Keys that belong to an input method, which is still making a letter of them.

export const isComposed = (/** @type {{isComposing: boolean, keyCode: number}} */ event) => event.isComposing || event.keyCode === 229; // 229: as older browsers say it
