import type { Scope } from "../message/headers.js";
import type { Need } from "./types.js";

/** How much of an MSRP frame has to be there for a header of that scope. */
export function headOrWhole({ scope }: { readonly scope: Scope | undefined }): Need {
	return scope === undefined || scope === "sip" || scope === "msrp" ? "head" : "whole";
}
