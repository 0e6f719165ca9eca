/** From the OpenAPI document; `npm run types` makes it anew. */
export interface components { schemas: object }
