import { FOCUS_PLACES, isCpimPlace } from "../message/isfocus.js";
import type { Need } from "./types.js";

interface Places {
	readonly in: readonly string[] | undefined;
}

/** CPIM stands in the body. */
export function needOfPlaces({ in: places }: Places): Need {
	return places === undefined || places.some(isCpimPlace) ? "whole" : "nothing";
}

export function wrongPlace({ in: places }: Places): string | undefined {
	const wrong = places?.find((place) => !(FOCUS_PLACES as readonly string[]).includes(place));
	return wrong === undefined ? undefined : `there is no place ${wrong}; there are ${FOCUS_PLACES.join(", ")}`;
}
