/** The shapes of a case as the phone carries it; they are the server's own. */
import type { Pack } from "../store/pack";

export type CasesPack = Pack["cases"];
export type PackCase = CasesPack["items"][number];
export type PackAct = PackCase["acts"][number];
export type OwnCase = CasesPack["mine"][number];
export type NearbyCase = CasesPack["nearby"][number];
export type PackCategory = Pack["categories"]["items"][number];
