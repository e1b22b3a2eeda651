import type { AlgProfile } from "../profile.js";
import { a1 } from "./a1.js";
import { a2 } from "./a2.js";
import { a3 } from "./a3.js";
import { a4 } from "./a4.js";
import { a5 } from "./a5.js";
import { a7 } from "./a7.js";
import { a8 } from "./a8.js";
import { a9 } from "./a9.js";
import { alias } from "./alias.js";
import { anchorB2bua } from "./anchor-b2bua.js";
import { fwSnat } from "./fw-snat.js";
import { msrpB2bua } from "./msrp-b2bua.js";
import { naiveCpe } from "./naive-cpe.js";
import { natedContact } from "./nated-contact.js";
import { nfSip } from "./nf-sip.js";
import { rtpePass } from "./rtpe-pass.js";
import { topoStrip } from "./topo-strip.js";
import { topoh } from "./topoh.js";

/** Every profile, in the order of the documentation. */
export const PROFILES: readonly AlgProfile[] = [
	nfSip,
	natedContact,
	alias,
	topoh,
	topoStrip,
	fwSnat,
	naiveCpe,
	anchorB2bua,
	msrpB2bua,
	rtpePass,
	a1,
	a2,
	a3,
	a4,
	a5,
	a7,
	a8,
	a9,
];
