// Names of computers as people write them without https://, and where one ends beside other letters. Pure.

// Names with these endings are no file, no part of a program and no sentence that lacks its space.
const alone =
  "com|org|net|edu|gov|mil|int|info|biz|io|dev|co|tv|xyz|" +
  "ir|af|tj|tr|iq|ae|sa|kw|qa|pk|il|eg|de|ch|fr|uk|nl|se|dk|fi|es|gr|ro|cz|sk|hu|bg|eu|ru|ua|jp|cn|kr|tw|hk|sg|au|nz|ca|mx";
// Those that may also be are, with a path behind them: t.me/hamraz, youtu.be/x; but nothing.to be seen, logo.ai.
const withPath = "online|site|shop|store|blog|cloud|tech|me|be|ly|gl|gg|to|it|in|at|no|is|us|ai|app|page|link|fm|gd|im|pl|pt|br|ar";

/** Letters of writings that have no spaces between words; for between brackets of a regular expression. */
export const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー`;

/** Signs of a sentence, in whatever writing, and its brackets: no name has one. */
export const ofSentence = "»”’‹›«“„،؛؟۔।…。、，．！？；：｜（）「」『』【】《》〈〉";

// An ending in one writing and a word behind it in another: there the name is over, if no further part of it follows.
const other = String.raw`[${unspaced}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}]`;
export const beforeOther = String.raw`(?=${other})(?![^\s./?#${ofSentence}]{1,63}\.)`;

const name = String.raw`(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}`;
const over = String.raw`(?![\w@-]|\.[\p{L}\p{N}])`;

/** A name by itself, up to where a path may begin. */
export const bareName = String.raw`${name}(?:(?:${alone})${over}(?::\d{2,5}(?!\d))?|(?:${withPath})(?=\/))`;
