/** Whether one stands where the matter is, as sure as the phone knows. */
import { distance } from "../store/place";
import type { Spot } from "../today/item";
import type { Here } from "./paint";

export type Standing =
  | { state: "here"; metres: number }
  | { state: "away"; metres: number }
  /** The phone knows its place too badly to tell. */
  | { state: "unsure"; metres: number; accuracy: number }
  /** No place of the phone, or none of the matter. */
  | { state: "unknown" };

const REACH = 50; // metres from the point that count as the place
const TRUSTED = 100; // an error beyond this tells nothing

/** Return how one stands to a place; the phone's error is given as credit, up to what can be trusted. */
export function standing(here: Here | null, place: Spot | null): Standing {
  if (!here || !place) return { state: "unknown" };
  const metres = distance(here, place);
  if (metres - Math.min(here.accuracy, TRUSTED) <= REACH) return { state: "here", metres };
  if (here.accuracy > TRUSTED && metres - here.accuracy <= REACH) return { state: "unsure", metres, accuracy: here.accuracy };
  return { state: "away", metres };
}
