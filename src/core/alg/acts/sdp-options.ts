import type { OptionSpec } from "../types.js";

export const MEDIA_PORT: OptionSpec = { default: 30002, text: "first port of the pool for media" };
export const MSRP_PORT: OptionSpec = { default: 2855, text: "port in the MSRP URIs that the box shows" };
