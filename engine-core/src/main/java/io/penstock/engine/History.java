package io.penstock.engine;

/** How much of what happens to cases an engine writes down, to be read as their history. */
public enum History {
  /** Nothing. */
  NONE,

  /** When cases start and how they end. */
  CASES,

  /** That, and everything that happens to their work items, with who did it where somebody did. */
  WORK_ITEMS
}
