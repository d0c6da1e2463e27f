/** Jobs that clients make for this pool: tokens, declarations and what of them is mined (SV2 5.3.18, 6); pure. */
package sluice.proxy.declaration;
