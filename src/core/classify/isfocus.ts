import type { CpimAddress } from "../protocols/cpim/types.js";
import { unescapeOnce } from "../protocols/uri/index.js";
import type { Uri } from "../protocols/uri/types.js";
import type { Flag } from "./types.js";

export interface FocusParam {
	/** yes: the CR's URI parameter is there; unknown: it is there with a value that denies it (F8) */
	is: "yes" | "no" | "unknown";
	/** deviations that lower confidence or that lenient clients trip over (F2, F7 to F15) */
	flags: Flag[];
}

const DENIED = /^(?:false|0|"?!true"?|"false")$/i;

/** The URI parameter isfocus in a URI alone, forms F1, F6 to F12 and F14 of section 2. */
export function uriFocus(uri: Uri): FocusParam {
	const flags: Flag[] = [];
	let is: FocusParam["is"] = "no";
	let count = 0;
	for (const param of uri.params) {
		const name = unescapeOnce(param.name).toLowerCase();
		if (name !== "isfocus") continue;
		count++;
		if (param.name.includes("%")) flags.push("escaped");
		if (param.value !== undefined) flags.push("valued");
		const denied = param.value !== undefined && DENIED.test(unescapeOnce(param.value));
		if (is === "no") is = denied ? "unknown" : "yes";
	}
	if (count > 1) flags.push("duplicate");
	if (count > 0 && uri.scheme === "tel") flags.push("non-sip");
	if (count > 0 && (uri.scheme === "im" || uri.scheme === "pres")) {
		// im: has no parameters, so this is no parameter but a broken URI (F12).
		flags.push("illegal-uri");
		is = "no";
	}
	return { is, flags };
}

/** The same for an address as it stands in CPIM, with the forms that are misplaced there (F2, F9, F10, F13, F15). */
export function addressFocus(address: CpimAddress): FocusParam {
	const focus = uriFocus(address.uri);
	const flags = [...focus.flags];
	if (focus.is === "yes" && address.faults.includes("cpim-escaped")) flags.push("cpim-escaped");
	if (focus.is === "no" && mentionsFocusElsewhere(address)) flags.push("misplaced");
	if (address.faults.includes("no-brackets")) flags.push("no-brackets");
	if (address.trailing.trim() !== "") flags.push("after-bracket");
	return { is: focus.is, flags };
}

/** The text "isfocus" stands near the URI, but not where the CR wants it. */
function mentionsFocusElsewhere(address: CpimAddress): boolean {
	if (/;\s*isfocus/i.test(address.trailing)) return true;
	if (address.header.params !== undefined && /isfocus/i.test(address.header.params)) return true;
	const { uri } = address;
	if (uri.scheme === "im" || uri.scheme === "pres") return false;
	return /;isfocus(?:$|[;:=])/i.test(uri.user ?? "") || /(?:^|&)isfocus(?:$|[=&])/i.test(uri.headers ?? "");
}
