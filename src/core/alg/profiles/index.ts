import type { AlgProfile } from "../profile.js";
import { nfSip } from "./nf-sip.js";

/** Every profile, in the order of the documentation. */
export const PROFILES: readonly AlgProfile[] = [nfSip];
