// Preact, its hooks and htm as one module, as static/js imports them: launch/page_files.py makes static/vendor/preact.js of it.
import htm from "htm";
import { h } from "preact";

export { Component, h, render } from "preact";
export { useEffect, useErrorBoundary, useLayoutEffect, useRef, useState } from "preact/hooks";
export const html = htm.bind(h);
