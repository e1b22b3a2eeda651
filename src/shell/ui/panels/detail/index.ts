import type { DetailTab } from "../../state/state.js";
import { checksTab } from "./checks.js";
import { decodedTab } from "./decoded.js";
import { diffTab } from "./diff.js";
import { hexTab } from "./hex.js";
import { rawTab } from "./raw.js";
import type { Tab } from "./types.js";
import { whyTab } from "./why.js";

/** The tabs of the details, in order. */
export const TABS: Readonly<Record<DetailTab, Tab>> = {
	why: whyTab,
	decoded: decodedTab,
	raw: rawTab,
	hex: hexTab,
	diff: diffTab,
	checks: checksTab,
};
