/* Numbers of the dynamic wave method. SWMM computes in feet; what is a round number there is
 * converted here, so that both take the same decisions. */
#ifndef TW_HYDRAULICS_CONSTANTS_H
#define TW_HYDRAULICS_CONSTANTS_H

#define TW_FOOT_M 0.3048
#define TW_FOOT2_M2 (TW_FOOT_M * TW_FOOT_M)
#define TW_FOOT3_M3 (TW_FOOT_M * TW_FOOT_M * TW_FOOT_M)

#define TW_LOG_FOOT (-1.1880994551696458) /* natural logarithm of a foot in metres */

#define TW_GRAVITY_MPS2 (32.2 * TW_FOOT_M)
/* Manning's 1.486 of feet: times 0.3048^(1/3) in metres */
#define TW_MANNING_SI (1.486 * 0.6729843849755062)
#define TW_TINY_DEPTH_M (1e-4 * TW_FOOT_M)
#define TW_OUTLET_HEIGHT_M (1e-6 * TW_FOOT_M)
#define TW_TINY_AREA_M2 (1e-4 * TW_FOOT2_M2)
#define TW_TINY_FLOW_M3S (1e-4 * TW_FOOT3_M3)
#define TW_TINY_RISE_MPS (1e-4 * TW_FOOT_M)
#define TW_TURN_FLOW_M3S (0.001 * TW_FOOT3_M3) /* flow on its way through zero */
#define TW_MAX_VELOCITY_MPS (50.0 * TW_FOOT_M)
#define TW_TINY_VELOCITY_DEPTH_M (0.01 * TW_FOOT_M)
#define TW_CROWN_CUTOFF_EXTRAN 0.96   /* of the full depth: widths above are frozen */
#define TW_CROWN_CUTOFF_SLOT 0.985257 /* of the full depth: the slot begins */

#endif
