// The digits that people here type: European, Persian and Arabic ones. Pure.

/** For between the brackets of a regular expression. */
export const numerals = String.raw`\d۰-۹٠-٩`;
