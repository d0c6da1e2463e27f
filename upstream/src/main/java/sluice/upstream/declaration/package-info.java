/** Jobs of our own making at a pool: declared, committed to and mined (SV2 5.3.18, 6); pure. */
package sluice.upstream.declaration;
