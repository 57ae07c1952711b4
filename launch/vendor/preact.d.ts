export { Component, createContext, h, render } from "preact";
export { useEffect, useErrorBoundary, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
