import type { CpimAddress } from "../protocols/cpim/types.js";
import { unescapeOnce } from "../protocols/uri/index.js";
import type { Uri, UriParam } from "../protocols/uri/types.js";
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
	let is = "no" as FocusParam["is"];
	let count = 0;
	let escaped = false;
	let valued = false;
	for (const param of uri.params) {
		if (!isFocusName(param)) continue;
		count++;
		if (param.name.includes("%")) escaped = true;
		if (param.value !== undefined) valued = true;
		const denied = param.value !== undefined && DENIED.test(unescapeOnce(param.value));
		// One denial is enough, wherever it stands: the order of parameters means nothing.
		if (is !== "unknown") is = denied ? "unknown" : "yes";
	}
	if (escaped) flags.push("escaped");
	if (valued) flags.push("valued");
	if (count > 1) flags.push("duplicate");
	if (count > 0 && uri.scheme === "tel") flags.push("non-sip");
	if (count > 0 && (uri.scheme === "im" || uri.scheme === "pres")) {
		// im: has no parameters, so this is no parameter but a broken URI (F12).
		flags.push("illegal-uri");
		is = "no";
	}
	return { is, flags };
}

/** The URI as it would be without the parameter, in any of its spellings: whom it names, when it does not claim to be the room. */
export function withoutFocus(uri: Uri): Uri {
	const focus = uri.params.filter(isFocusName);
	if (focus.length === 0) return uri;
	let { text } = uri;
	for (const { span } of focus.reverse()) text = text.slice(0, span.start - 1) + text.slice(span.end);
	return { ...uri, text, params: uri.params.filter((param) => !isFocusName(param)) };
}

function isFocusName(param: UriParam): boolean {
	return unescapeOnce(param.name).toLowerCase() === "isfocus";
}

/** The parameter in an address as it stands in CPIM, with the forms that are misplaced there (F2, F9, F10, F13, F15). */
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
