/** What the pages of visits and forms work with. */
import type { components } from "../api";

type Schemas = components["schemas"];
export type Whom = Schemas["WhomOut"];
export type Diary = Schemas["DiaryOut"];
export type Sign = Schemas["SignOut"];
export type Call = Schemas["CallOut"];
export type Form = Schemas["FormOut"];
export type FormField = Schemas["FieldOut"];
export type Choice = readonly [string, string];

/** What was said at the door about one record: new values, and what is still so. */
export interface Seen {
  values: Record<string, string>;
  confirmed: string[];
}

export const nothingSeen = (): Seen => ({ values: {}, confirmed: [] });
export const isSeen = (seen: Seen): boolean => seen.confirmed.length > 0 || Object.values(seen.values).some((value) => value.trim());

/** Return what is sent of a form: nothing empty, nothing twice. */
export function sent(seen: Seen): Seen {
  const values = Object.fromEntries(Object.entries(seen.values).filter(([, value]) => value.trim()));
  return { values, confirmed: seen.confirmed.filter((name) => !(name in values)) };
}

/** The word for a code. */
export function wordOf(choices: readonly (readonly unknown[])[], code: string): string {
  return String(choices.find((each) => each[0] === code)?.[1] ?? "");
}

/** The outbox's order keys. */
export const visitSubject = (key: string): string => `visit:${key}`;
export const whomSubject = (personOrHome: string): string => `whom:${personOrHome}`;
export const signSubject = (key: string, day: string): string => `sign:${key}:${day}`;
export const formSubject = (form: Form): string => `form:${form.subject}:${form.key}`;
