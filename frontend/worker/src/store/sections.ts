/** The sections of the pack, by name. The shapes are the server's own (api.d.ts). */
import type { components } from "../api";

type Shapes = components["schemas"];
type Shape<Name extends string> = Name extends keyof Shapes ? Shapes[Name] : Record<string, unknown>;

export interface Pack {
  me: Shape<"MePackOut">;
  cases: Shape<"CasesPackOut">;
  categories: Shape<"CategoriesPackOut">;
  places: Shape<"PlacesPackOut">;
  patrols: Shape<"PatrolPackOut">;
  visits: Shape<"VisitPackOut">;
  collect: Shape<"CollectPackOut">;
  notices: Shape<"NoticesPackOut">;
  month: Shape<"MonthPackOut">;
}
