declare module "htmx.org/dist/htmx.esm.js" {
  import type htmx from "htmx.org";
  const value: typeof htmx;
  export default value;
}
