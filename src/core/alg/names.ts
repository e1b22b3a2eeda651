import type { AlgProfile } from "./profile.js";
import { PROFILES } from "./profiles/index.js";
import type { AlgScene, OptionSpec, OptionValue } from "./types.js";

/** A profile as it was asked for. */
export interface Chosen {
	profile: AlgProfile;
	options: ReadonlyMap<string, OptionValue>;
}

/** A name or option of a profile that does not exist. */
export class AlgNameError extends Error {
	override name = "AlgNameError";
}

/**
 * Reads "nf-sip:strayAddress=random:ports=any": a profile, then its options. Case does not matter in names.
 *
 * @throws AlgNameError what is wrong, and the nearest name
 */
export function chooseProfile(text: string, scene: AlgScene): Chosen {
	const [name = "", ...settings] = text.split(/:(?=[A-Za-z]+(?:=|:|$))/);
	const profile = PROFILES.find((item) => item.name.toLowerCase() === name.trim().toLowerCase());
	if (profile === undefined) {
		const names = PROFILES.map((item) => item.name);
		throw new AlgNameError(
			`there is no ALG profile "${name.trim()}"; did you mean ${nearest(name.trim(), names)}? There are: ${names.join(", ")}`,
		);
	}
	const options = new Map<string, OptionValue>();
	for (const [key, value] of Object.entries(scene.options ?? {})) {
		const known = Object.keys(profile.options).find((item) => item.toLowerCase() === key.toLowerCase());
		if (known !== undefined) options.set(known, checked(profile, known, profile.options[known]!, String(value)));
	}
	for (const setting of settings) {
		const equals = setting.indexOf("=");
		const key = equals < 0 ? setting : setting.slice(0, equals);
		const known = Object.keys(profile.options).find((item) => item.toLowerCase() === key.toLowerCase());
		if (known === undefined) throw noOption(profile, key);
		options.set(known, checked(profile, known, profile.options[known]!, equals < 0 ? "true" : setting.slice(equals + 1)));
	}
	return { profile, options };
}

/**
 * Options of the scene must belong to one of the profiles.
 *
 * @throws AlgNameError
 */
export function checkSceneOptions(scene: AlgScene, chosen: readonly Chosen[]): void {
	for (const key of Object.keys(scene.options ?? {})) {
		const known = chosen.some(({ profile }) => Object.keys(profile.options).some((item) => item.toLowerCase() === key.toLowerCase()));
		if (!known) throw new AlgNameError(`none of the ALG profiles has an option "${key}"`);
	}
}

function noOption(profile: AlgProfile, key: string): AlgNameError {
	const names = Object.keys(profile.options);
	if (names.length === 0) return new AlgNameError(`the ALG profile ${profile.name} has no options`);
	return new AlgNameError(`${profile.name} has no option "${key}"; did you mean ${nearest(key, names)}? There are: ${names.join(", ")}`);
}

function checked(profile: AlgProfile, key: string, spec: OptionSpec, value: string): OptionValue {
	const wrong = (what: string): AlgNameError => new AlgNameError(`${profile.name}: ${key} must be ${what}, not "${value}"`);
	if (typeof spec.default === "boolean") {
		if (value !== "true" && value !== "false") throw wrong("true or false");
		return value === "true";
	}
	if (typeof spec.default === "number") {
		if (!/^(?:\d{1,9}|0x[0-9a-f]{1,8})$/i.test(value)) throw wrong("a number");
		return Number(value);
	}
	if (spec.choices !== undefined && !spec.choices.includes(value)) throw wrong(`one of ${spec.choices.join(", ")}`);
	return value;
}

/** The candidate that shares most pairs of letters with the text. */
function nearest(text: string, candidates: readonly string[]): string {
	const pairs = (word: string): Set<string> => {
		const padded = `^${word.toLowerCase().slice(0, 80)}$`;
		return new Set(Array.from({ length: padded.length - 1 }, (_, index) => padded.slice(index, index + 2)));
	};
	const wanted = pairs(text);
	const score = (word: string): number => {
		const own = pairs(word);
		let common = 0;
		for (const pair of own) if (wanted.has(pair)) common++;
		return (2 * common) / (own.size + wanted.size);
	};
	return candidates.reduce((best, word) => (score(word) > score(best) ? word : best));
}
