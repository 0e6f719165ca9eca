/** The sections of the pack, by name. The shapes are the server's own (api.d.ts). */
import type { components } from "../api";

type Sections = components["schemas"]["PackSectionsOut"];

export type Pack = { [Name in keyof Sections]-?: NonNullable<Sections[Name]>["data"] };
