import type { VNode } from "preact";
export { Component, h, render } from "preact";
export { useEffect, useErrorBoundary, useLayoutEffect } from "preact/hooks";
// What stands in a template as a function of one argument listens to an event, unless it says otherwise.
type Value = ((event: Page.Press) => unknown) | object | string | number | bigint | boolean | null | undefined;
export function html(strings: TemplateStringsArray, ...values: Value[]): VNode;
// A reference that begins without its element has it when it is used: after the first drawing.
export function useRef(initial: null): { current: HTMLElement };
export function useRef<T>(initial: T): { current: T };
export function useState(initial: null): [any, (value: any) => void];
export function useState<T>(initial: T | (() => T)): [T, (value: T) => void];
