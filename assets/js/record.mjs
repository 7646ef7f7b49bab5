// A page's one record, and the only way to change it.

/**
 * `reduce(state, event)` is pure and gives the next record. Answers with the record, which stays the same
 * object, and with `dispatch(event)`: something has happened; it tells whether that changed anything.
 * @template {Record<string, any>} State
 * @template Event
 * @param {State} initial
 * @param {(state: State, event: Event) => State} reduce
 */
export function hold(initial, reduce) {
  const state = { ...initial };
  /**
   * @param {Event} event
   */
  const dispatch = (event) => {
    const next = reduce({ ...state }, event);
    const changed = Object.keys(next).some((name) => next[name] !== state[name]);
    Object.assign(state, next);
    return changed;
  };
  return { state, dispatch };
}
