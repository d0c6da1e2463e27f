/** The rules of the house as tests: which way dependencies point, what is pure, and that the map in the README is true. */
package sluice.architecture;
