export { hash, type Random, seeded } from "../model/random.js";
