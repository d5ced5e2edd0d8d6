/** Where a question goes: the class that fits best, and whether any does. */
export type Route = {
	readonly label: string;
	/** Calibrated: of the routes with probability p, a share of p is right. 0 to 1. */
	readonly probability: number;
	/** The question belongs to none of the classes that the router knows. */
	readonly outOfScope: boolean;
};

/** Sorts questions into classes. */
export interface Router {
	/** Names the model and its version: equal ids route alike. */
	readonly id: string;
	/** Throws `cancelled`. */
	route(text: string, signal?: AbortSignal): Promise<Route>;
}
