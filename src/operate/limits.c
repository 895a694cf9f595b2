/* Probability that a day's mean breaks a limit.
 *
 *   mean = (sum over hours over q c + S) / (sum of all q),   S = sum over hours to come q c
 *   ln c(k) = m(hour) + e(k),  e(k) = phi e(k-1) + noise     from the days before
 *   E S, Var S from E c and Cov(c_i, c_j) = E c_i E c_j (exp(cov(e_i, e_j)) - 1)
 *   P(S > limit * sum q - what has gone) with S lognormal                                      */
#include "operate/limits.h"

#include "base/text.h"
#include "num/ridge.h"

#include <math.h>
#include <string.h>

static const struct row {
    const char *standard, *class_;
    enum tw_kind kind;
    double mean, cold, old, removal_from, removal;
} rows[] = {
#define TW_LIMIT(standard, class_, kind, mean, cold, old, removal_from, removal)                   \
    {standard, class_, TW_KIND_##kind, mean, cold, old, removal_from, removal},
#include "operate/limits.def"
#undef TW_LIMIT
};

/* Weights of the quantiles of the flow: the share of probability that is nearest to each. */
static const double level_weight[TW_INFLUENT_LEVELS] = {0.075, 0.1, 0.2, 0.25, 0.2, 0.1, 0.075};

int32_t tw_limits_of(const char *standard, const char *class_, bool old,
                     struct tw_limit *out_limits)
{
    int32_t count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && count < TW_LIMITS_MOST; i++) {
        const struct row *r = &rows[i];
        if (!tw_text_same(r->standard, standard) || !tw_text_same(r->class_, class_)) continue;
        bool own = old && r->old > r->mean;
        out_limits[count++] = (struct tw_limit){.kind = r->kind,
                                                .mean_gm3 = own ? r->old : r->mean,
                                                .cold_gm3 = own ? r->old : r->cold,
                                                .removal_from_gm3 = r->removal_from,
                                                .removal_ratio = r->removal,
                                                .standard = r->standard,
                                                .class_ = r->class_};
    }
    return count;
}

/* ---- what concentrations do ---- */

/* ln c by hour of the day, how it strays and how it comes back. */
struct process {
    double mean[24], phi, deviation, last; /* last: e at the last hour known */
};

static void waves(int32_t hour, double *out)
{
    double angle = 6.283185307179586 * hour / 24.0;
    out[0] = 1.0;
    out[1] = cos(angle);
    out[2] = sin(angle);
    out[3] = cos(2.0 * angle);
    out[4] = sin(2.0 * angle);
}

/* A level and two waves of the day through ln c of the days before, by least squares; of a day that has
 * no days before, the level of its own hours. */
static void mean_by_hour(const struct tw_today *t, struct process *p)
{
    enum { TERMS = 5 };
    double a[TERMS * TERMS] = {0.0}, b[TERMS] = {0.0}, term[TERMS];
    int32_t count = 0, begin = 0;
    for (int32_t i = 0; i < t->past; i++)
        count += t->past_gm3[i] > 0.0;
    bool own = count == 0;
    if (own) begin = t->past;
    for (int32_t i = begin; i < (own ? t->past + t->done : t->past); i++) {
        double c = own ? t->conc_gm3[i - t->past] : t->past_gm3[i];
        if (!(c > 0.0)) continue;
        count += own;
        waves(own ? i - t->past : 23 - (t->past - 1 - i) % 24, term);
        for (int j = 0; j < TERMS; j++) {
            for (int k = 0; k <= j; k++)
                a[j * TERMS + k] += term[j] * term[k];
            b[j] += term[j] * log(c);
        }
    }
    const double trust = own ? 1e6 : 2.0; /* waves need some days to be believed in */
    for (int j = 1; j < TERMS; j++)
        a[j * TERMS + j] += trust;
    bool known = count > 0 && tw_cholesky_solve(TERMS, a, b) == TW_OK;
    for (int hour = 0; hour < 24; hour++) {
        waves(hour, term);
        p->mean[hour] = known ? 0.0 : (double)NAN;
        for (int j = 0; j < TERMS && known; j++)
            p->mean[hour] += b[j] * term[j];
    }
}

static void find_process(const struct tw_today *t, struct process *p)
{
    double squares = 0.0, products = 0.0, before = (double)NAN;
    int32_t n = 0, pairs = 0, since = 0;
    *p = (struct process){.phi = 0.9, .deviation = 0.3, .last = 0.0, .mean = {0}};
    mean_by_hour(t, p);
    for (int32_t i = 0; i < t->past + t->done; i++) {
        bool today = i >= t->past;
        double c = today ? t->conc_gm3[i - t->past] : t->past_gm3[i];
        int32_t hour = today ? i - t->past : 23 - (t->past - 1 - i) % 24;
        double e = c > 0.0 ? log(c) - p->mean[hour] : (double)NAN;
        if (!isnan(e)) {
            squares += e * e;
            n++;
            p->last = e;
            since = 0;
        }
        if (!isnan(e) && !isnan(before)) {
            products += e * before;
            pairs++;
        }
        since += isnan(e);
        before = e;
    }
    if (n >= 48 && pairs > 0 && squares > 0.0) {
        p->deviation = sqrt(squares / n);
        p->phi = (products / pairs) / (squares / n);
        p->phi = p->phi < 0.0 ? 0.0 : p->phi > 0.98 ? 0.98 : p->phi;
    }
    if (p->deviation < 0.02) p->deviation = 0.02; /* no instrument is better */
    p->last *= pow(p->phi, since);
}

/* ---- the sum of the hours to come ---- */

static void moments(const struct process *p, const struct tw_today *t, const double *flow_m3h,
                    double out_mean_variance[2])
{
    double expected[24], variance[24], s2 = p->deviation * p->deviation;
    int32_t left = 24 - t->done;
    double mean = 0.0, sum = 0.0;
    for (int32_t k = 0; k < left; k++) {
        double fading = pow(p->phi, k + 1);
        variance[k] = s2 * (1.0 - fading * fading);
        expected[k] =
            flow_m3h[k] * exp(p->mean[t->done + k] + fading * p->last + 0.5 * variance[k]);
        mean += expected[k];
    }
    for (int32_t i = 0; i < left; i++) {
        for (int32_t j = 0; j < left; j++) {
            int32_t first = i < j ? i : j;
            double covariance = variance[first] * pow(p->phi, i < j ? j - i : i - j);
            sum += expected[i] * expected[j] * expm1(covariance);
        }
    }
    out_mean_variance[0] = mean;
    out_mean_variance[1] = sum;
}

/* P(S > x) of a lognormal S with this mean and variance. */
static double beyond(const double mean_variance[2], double x)
{
    double mean = mean_variance[0], s2 = log1p(mean_variance[1] / (mean * mean));
    if (x <= 0.0) return 1.0;
    if (!(mean > 0.0)) return 0.0;
    if (!(s2 > 0.0)) return mean > x ? 1.0 : 0.0;
    double middle = log(mean) - 0.5 * s2;
    return 0.5 * erfc((log(x) - middle) / sqrt(2.0 * s2));
}

/* ---- today ---- */

static void choose_limit(const struct tw_limit *limit, const struct tw_today *t,
                         struct tw_today_result *r)
{
    r->cold = t->temp_c <= TW_LIMIT_COLD_C && limit->cold_gm3 != limit->mean_gm3;
    r->limit_gm3 = r->cold ? limit->cold_gm3 : limit->mean_gm3;
    if (limit->removal_from_gm3 > 0.0 && t->influent_gm3 > limit->removal_from_gm3) {
        r->by_removal = true;
        r->limit_gm3 = (1.0 - limit->removal_ratio) * t->influent_gm3;
    }
}

static double mean_of(const double *x, int32_t n)
{
    double sum = 0.0;
    int32_t count = 0;
    for (int32_t i = 0; i < n; i++) {
        if (isnan(x[i])) continue;
        sum += x[i];
        count++;
    }
    return count > 0 ? sum / count : (double)NAN;
}

void tw_limit_today(const struct tw_limit *limit, const struct tw_today *today,
                    struct tw_today_result *out_result)
{
    struct tw_today_result r = {0};
    struct process p;
    double load = 0.0, water = 0.0, seen = 0.0, usual = mean_of(today->flow_m3h, today->done);
    choose_limit(limit, today, &r);
    if (!(usual > 0.0)) usual = 1.0; /* without a flow all hours count alike */
    for (int32_t i = 0; i < today->done; i++) {
        double flow = isnan(today->flow_m3h[i]) ? usual : today->flow_m3h[i];
        bool known = !isnan(today->conc_gm3[i]);
        r.gaps += !known;
        load += known ? flow * today->conc_gm3[i] : 0.0;
        seen += known ? flow : 0.0;
        water += flow;
    }
    r.so_far_gm3 = seen > 0.0 ? load / seen : (double)NAN;
    /* Hours without a value count as the mean of those with one. */
    load = seen > 0.0 ? r.so_far_gm3 * water : 0.0;
    find_process(today, &p);
    if (isnan(p.mean[0])) {
        r.expected_gm3 = r.break_probability = (double)NAN;
        *out_result = r;
        return;
    }
    if (!(seen > 0.0)) water = 0.0; /* all of the day is what the days before were */
    for (int level = 0; level < TW_INFLUENT_LEVELS; level++) {
        double flow[24], ahead = 0.0, m[2];
        for (int32_t k = 0; k < 24 - today->done; k++) {
            flow[k] = today->ahead_m3h != NULL ? today->ahead_m3h[k][level] : usual;
            ahead += flow[k];
        }
        moments(&p, today, flow, m);
        double total = water + ahead, rest = r.limit_gm3 * total - load;
        if (!(total > 0.0)) continue;
        double broken = today->done < 24 ? beyond(m, rest) : load > r.limit_gm3 * total ? 1.0 : 0.0;
        r.break_probability += level_weight[level] * broken;
        r.expected_gm3 += level_weight[level] * (load + m[0]) / total;
    }
    *out_result = r;
}
