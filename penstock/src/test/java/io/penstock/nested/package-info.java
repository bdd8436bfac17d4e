/**
 * Cases inside cases, multiple instances and branches that run on or are cancelled, held against a
 * model of their own: blocks as trees, walked by the book.
 */
package io.penstock.nested;
